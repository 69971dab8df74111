/**
 * The name of a key with its hash tag, such as `lock:{sms:211}`: in a cluster a status, its lock and its failure are on one node,
 * and one pipeline has them all.
 *
 * @see https://redis.io/docs/latest/operate/oss_and_stack/reference/cluster-spec/#hash-tags
 */
export function withHashTag(key: string): string {
  return key.replace(/[^:]+:[^:]+$/, '{$&}');
}
