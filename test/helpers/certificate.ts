/** Certificates that no authority has signed. */
import { execFileSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';

const OPENSSL = '/usr/bin/openssl';

/** Whether tests can make certificates; those that need one are skipped where they cannot. */
export const hasOpenssl = existsSync(OPENSSL);

/** Makes a certificate for a host name, and its key. Returns the paths of both files, in the folder. */
export function makeCertificate(host: string, folder: string): { readonly key: string; readonly certificate: string } {
  const [key, certificate] = [join(folder, 'key.pem'), join(folder, 'certificate.pem')];
  const subject = ['-subj', `/CN=${host}`, '-addext', `subjectAltName=DNS:${host}`];
  const curve = ['-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:prime256v1'];
  const files = ['-keyout', key, '-out', certificate];
  execFileSync(OPENSSL, ['req', '-x509', '-nodes', '-days', '1', ...curve, ...subject, ...files], { stdio: 'pipe' });
  return { key, certificate };
}
