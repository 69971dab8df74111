/** The list of resources. */
import { type BsgValue, keyOf, type Resource, type StatusKey } from './resource.ts';
import { campaign } from './resources/campaign.ts';
import { smsById, smsByReference } from './resources/sms.ts';
import { smsTimeIn } from './resources/sms-time-in.ts';

/** Everything that can be read. A new lookup is a line here, its file in `resources/` and its file in `src/schema/`. */
export const resources: readonly Resource[] = [smsById, smsByReference, smsTimeIn, campaign];

const byName = new Map<string, Resource>(resources.map((resource) => [resource.name, resource]));

/** The key behind its text, such as `sms:211`; null where no resource has that name, or where the id is malformed. */
export function parseKey(text: unknown): StatusKey<BsgValue> | null {
  const [, name = '', id = ''] = (typeof text === 'string' && /^([^:]*):(.*)$/s.exec(text)) || [];
  const resource = byName.get(name);
  return resource === undefined || resource.validate(id) !== null ? null : keyOf(resource, id);
}
