/**
 * Why a request is not taken by the name of the host that it is for; null: it is. What is behind this takes the name for part
 * of an address. And where anyone on this machine may ask, a page may have its own name mean this machine.
 */
export function refusalOfHost(
  host: string | undefined,
  isOurs: (name: string) => boolean,
): { status: number; message: string } | null {
  // Clients of HTTP/1.0 send none, such as the checks of some balancers; browsers do.
  if (host === undefined) return null;
  const name = /^([\w.-]+|\[[\da-f:.]+\])(?::\d*)?$/i.exec(host)?.[1];
  if (name === undefined || !URL.canParse(`http://${host}`)) return { status: 400, message: '' };
  if (isOurs(name)) return null;
  return { status: 403, message: `Set AUTH=none to be asked as ${name} too, or say with AUTH_TOKENS who may ask.` };
}
