import { notExamined, type Symptom } from '../symptom';

/** VS Code's webviews need a secure context: HTTPS, or localhost. */
export const rooPanelBlank: Symptom = {
  id: 'roo-panel-blank',
  title: 'the Roo Code panel stays blank',
  detection: "the address people open Coder at: browsers show extensions' panels only over HTTPS or on localhost",
  causes: ["Coder's access URL is http:// with a name or address that is not localhost"],
  detect: async (examination) => {
    const container = await examination.container('coder');
    const fromServer = container?.Config.Env?.find((entry) => entry.startsWith('CODER_ACCESS_URL='))?.slice(
      'CODER_ACCESS_URL='.length,
    );
    const url = fromServer || examination.settings.coder.url;
    if (!url) return notExamined("Coder's address is not known (coder.url in gateway.yaml)");
    let parsed: URL;
    try {
      parsed = new URL(url);
    } catch {
      return notExamined(`"${url}" is no address`);
    }
    // Inside Docker the platform may use a plain address that no browser ever opens.
    const inside = !fromServer && (!parsed.hostname.includes('.') || parsed.hostname === 'host.docker.internal');
    const local =
      /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(parsed.hostname) || parsed.hostname.endsWith('.localhost');
    if (parsed.protocol === 'https:' || local || inside) return [];
    return [
      {
        cause: 'people open Coder over plain HTTP, where browsers give extensions no secure context',
        evidence: [
          `${fromServer ? `CODER_ACCESS_URL of ${examination.containerName('coder')}` : 'coder.url in gateway.yaml'} is ${url}`,
        ],
        fix: [
          '# give Coder a certificate and an https:// access URL (CODER_ACCESS_URL, CODER_TLS_*), or open it through a tunnel to localhost:',
          `ssh -L 7080:${parsed.host.includes(':') ? parsed.host : `${parsed.host}:80`} <this host>   # then http://localhost:7080`,
        ],
      },
    ];
  },
};
