/** Labels by which the objects of one deployment are found. */

export interface Deployed {
  /** `name` of the settings. */
  readonly name: string;
}

/** What selects the pods of a workload; a Deployment's selector can never change. */
export const selectorLabels = ({ name }: Deployed, workload: string): Record<string, string> => ({
  'app.kubernetes.io/instance': name,
  'app.kubernetes.io/name': workload,
});

/** Every object's labels. */
export const labels = (deployed: Deployed, workload: string): Record<string, string> => ({
  ...selectorLabels(deployed, workload),
  'app.kubernetes.io/managed-by': 'coder-ai-gateway',
  'app.kubernetes.io/part-of': deployed.name,
});
