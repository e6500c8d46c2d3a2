/** Whether Terraform is installed and new enough: `node --import tsx scripts/check-terraform.ts`. */
import { terraformProblem } from '../constructs/terraform/version';
import { plainErrors } from '../plain-errors';

plainErrors('check-terraform');

const problem = terraformProblem();
if (problem) {
  console.error(problem);
  process.exitCode = 1;
}
