import { DEPLOYMENT_VERSION, type Deployment, deploymentSchema } from './schema';

/** A file that is no `deployment.json`, or one of a version that this checkout does not know. Its message is meant for people. */
export class DeploymentFileError extends Error {
  override readonly name = 'DeploymentFileError';
}

/**
 * Reads the text of a `deployment.json`. Fields that this checkout does not know stay in the result.
 *
 * @param file what messages call it
 * @throws DeploymentFileError with what is wrong and what to do
 */
export function parseDeployment(text: string, file = 'deployment.json'): Deployment {
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch (error) {
    throw new DeploymentFileError(`${file} is not valid JSON: ${(error as Error).message}`);
  }
  const version = (value as { version?: unknown } | null)?.version;
  if (version !== DEPLOYMENT_VERSION) {
    const found = version === undefined ? 'no version' : `version ${JSON.stringify(version)}`;
    throw new DeploymentFileError(
      `${file} has ${found}; this checkout reads version ${DEPLOYMENT_VERSION}: write the file with a checkout that writes this version, or read it with the checkout that wrote it`,
    );
  }
  const parsed = deploymentSchema.safeParse(value);
  if (parsed.success) return value as Deployment;
  const [issue] = parsed.error.issues;
  throw new DeploymentFileError(
    `${file} is not a description of a deployment: ${issue?.path.join('.') || 'its top'}: ${issue?.message}; write it anew with \`npm run synth\``,
  );
}
