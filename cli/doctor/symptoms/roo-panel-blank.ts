import { found, notFound, type Symptom, skipped, step } from '../symptom';

/** VS Code's webviews need a secure context: HTTPS, or localhost. */
export const rooPanelBlank: Symptom = {
  id: 'roo-panel-blank',
  title: 'the Roo Code panel stays blank',
  detection: "the address at which users open Coder: browsers show extensions' panels only over HTTPS or on localhost",
  causes: ["Coder's access URL is http:// with a name or address that is not localhost"],
  detect: async (doctor) => {
    const fromServer = (await doctor.state('coder'))?.environment.get('CODER_ACCESS_URL');
    const url = fromServer || doctor.settings.coder.url;
    if (!url) return skipped("Coder's address is not known (coder.url in gateway.yaml)");
    if (!URL.canParse(url)) return skipped(`"${url}" is not a URL`);
    const { protocol, hostname, host } = new URL(url);
    // Inside Docker the platform may use a plain address that no browser ever opens.
    const internal = !fromServer && (!hostname.includes('.') || hostname === 'host.docker.internal');
    const local = /^(localhost|127\.\d+\.\d+\.\d+|\[::1\])$/.test(hostname) || hostname.endsWith('.localhost');
    if (protocol === 'https:' || local || internal) return notFound;
    const source = fromServer ? `CODER_ACCESS_URL of ${doctor.workloadName('coder')}` : 'coder.url in gateway.yaml';
    return found({
      cause: 'users open Coder over plain HTTP, where browsers give extensions no secure context',
      evidence: [`${source} is ${url}`],
      fix: [
        step('Give Coder a certificate and an https:// access URL (CODER_ACCESS_URL, CODER_TLS_*).'),
        step(
          'Or open it through a tunnel, at http://localhost:7080:',
          `ssh -L 7080:${host.includes(':') ? host : `${host}:80`} <this host>`,
        ),
      ],
    });
  },
};
