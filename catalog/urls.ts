/** Query parameters whose value is a credential by their name. */
const SECRET_PARAMETER = /key|token|secret|passw|pwd|sig|auth|credential|^code$/i;
/** Keys that providers give out: Anthropic's and OpenAI's, AWS's. */
const PROVIDER_KEY = /\bsk-[\w-]{16,}|\b(?:AKIA|ASIA)[0-9A-Z]{16}\b/;

const PUBLIC_PROVIDER = /(?:^|\.)(?:anthropic\.com|openai\.com|amazonaws\.com|azure\.com|googleapis\.com)$/;

/**
 * Whether a URL holds a credential. No setting may: settings are committed, and every workspace can read a provider's address at
 * `/v1/model/info`. A user name alone is none where a scheme needs it (`ssh://user@host`).
 */
export function holdsCredential(text: string): boolean {
  const url = parse(text);
  if (!url) return false;
  const isHttp = /^https?:$/.test(url.protocol);
  return (
    url.password !== '' ||
    (isHttp && url.username !== '') ||
    [...url.searchParams.keys(), ...new URLSearchParams(url.hash.slice(1)).keys()].some((name) =>
      SECRET_PARAMETER.test(name),
    ) ||
    PROVIDER_KEY.test(text)
  );
}

/** Whether a provider's key would go over the internet unencrypted: plain http to a public provider. A proxy of one's own may do without. */
export function sendsKeyInClear(text: string): boolean {
  const url = parse(text);
  return url?.protocol === 'http:' && PUBLIC_PROVIDER.test(url.hostname);
}

/** A text for a message: what may be a credential in it is `***`. */
export function masked(text: string): string {
  return (
    text
      // Also where it is no URL: `user:password@host`. A digest follows an @ too (`registry:5000/image@sha256:…`).
      .replace(/([\w+.-]+:\/\/)[^\s"?#@]*:[^\s"?#]*@/g, '$1***@')
      .replace(/(https?:\/\/)[^\s"/?#]+@/gi, '$1***@')
      .replace(/(^|[\s"])[^\s"/:@]+:[^\s"/@]+@(?!sha256:)/g, '$1***@')
      .replace(/([?&;#])([^=&\s"]+)=([^&#\s"]*)/g, (whole, mark: string, name: string) =>
        SECRET_PARAMETER.test(name) ? `${mark}${name}=***` : whole,
      )
      .replace(new RegExp(PROVIDER_KEY, 'g'), '***')
  );
}

/** Whether a URL leads a container to itself instead of to the machine that the person means. */
export function isLoopback(text: string): boolean {
  const host = parse(text)
    ?.hostname.toLowerCase()
    .replace(/^\[|\]$|\.$/g, '');
  if (host === undefined) return false;
  return (
    /^(?:.+\.)?localhost(?:\.localdomain|[46](?:\.localdomain[46])?)?$/.test(host) ||
    /^ip6-(?:localhost|loopback)$/.test(host) ||
    // The URL's parser writes 127.1, 0x7f.1 and 2130706433 in this form, too.
    /^127(?:\.\d+){3}$/.test(host) ||
    /^(?:0\.0\.0\.0|::1?)$/.test(host) ||
    /^::ffff:(?:7f[0-9a-f]{2}:|0:0$)/.test(host)
  );
}

function parse(text: string): URL | undefined {
  return URL.canParse(text) ? new URL(text) : undefined;
}
