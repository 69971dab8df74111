/** Random requests that are valid, for tests that compare responses. */
import fc from 'fast-check';

/** Random queries, half of them with directives, by literals and by variables, of keys that are known, unknown or invalid. */
export const randomRequests = (() => {
  const directive = fc.oneof(
    { weight: 6, arbitrary: fc.constant('') },
    fc.constantFrom('@include(if: $a)', '@skip(if: $a)', '@include(if: $b) @skip(if: $a)', '@skip(if: true)'),
  );
  const withDirectives = (texts: readonly string[]) =>
    fc.tuple(...texts.map((text) => directive.map((each) => withDirective(text, each)))).map((all) => all.join(' '));
  const fieldsOf = (...names: readonly string[]) =>
    fc.shuffledSubarray([...names], { minLength: 1 }).chain(withDirectives);
  const sms = fieldsOf('id', 'reference', 'msisdn', 'status', 'isFinal', 'timeIn', 'timeDr', 'price', 'x: currency');
  const campaign = fieldsOf('taskId', 'body', 'total', 'sent', 'pending', 'deliveryRate', '__typename');
  const errorFields = ['code', 'bsgCode', 'message', 'retryable', 'subject'];
  const error = fieldsOf(...errorFields, '... on BsgUnavailableError { retryAfter }');
  const on = (type: string, fields: fc.Arbitrary<string>) =>
    fc.tuple(directive, fields).map(([each, text]) => `... on ${type} ${each} { ${text} }`);
  const selectionOf = (...parts: readonly fc.Arbitrary<string>[]) =>
    fc
      .tuple(fc.constant('__typename'), ...parts)
      .chain((texts) => fc.shuffledSubarray(texts, { minLength: 1 }))
      .map((texts) => `{ ${texts.join(' ')} }`);
  const smsParts = [on('Sms', sms), directive.map((each) => `...OfSms ${each}`)];
  const smsResult = selectionOf(
    ...smsParts,
    on('BsgErrorDetails', error),
    on('BsgNotFoundError', fieldsOf(...errorFields)),
  );
  const entity = selectionOf(...smsParts, on('Campaign', campaign));

  const id = fc.constantFrom('211', '304', '309', '311', '9001', '9020', '9023', '9011', 'x', '404404');
  const representation = fc.oneof(
    id.map((each) => ({ __typename: 'Sms', id: each })),
    fc.constantFrom('ext_id_19', 'nobody', 'not valid').map((reference) => ({ __typename: 'Sms', reference })),
    fc.constantFrom('5001', '5002', '404404', 'x').map((taskId) => ({ __typename: 'Campaign', taskId })),
    fc.constantFrom({ __typename: 'Sms' }, { __typename: 'Sms', id: 1.5 }, { __typename: 'Nothing' }, 'Sms', 5),
  );
  const field = fc.oneof(
    fc.tuple(id, smsResult).map(([each, selection]) => `sms(id: "${each}") ${selection}`),
    smsResult.map((selection) => `smsBatch(ids: $ids) { results ${selection} found { id } statusCounts { status } }`),
    fc
      .tuple(fc.array(id), smsResult)
      .map(
        ([ids, selection]) => `smsBatch(ids: ${JSON.stringify(ids)}) { errors { __typename } results ${selection} }`,
      ),
    entity.map((selection) => `_entities(representations: $representations) ${selection}`),
    selectionOf(on('Campaign', campaign), on('BsgErrorDetails', error)).map(
      (selection) => `campaigns(taskIds: ["5001", "404404"]) ${selection}`,
    ),
  );
  const declarations = {
    a: 'Boolean!',
    b: 'Boolean! = true',
    ids: '[ID!] = ["211", "404404"]',
    representations: '[_Any!]!',
  };
  const variables = fc.record(
    {
      a: fc.boolean(),
      b: fc.boolean(),
      ids: fc.option(fc.array(id)),
      representations: fc.array(representation, { maxLength: 8 }),
    },
    { requiredKeys: ['a', 'representations'] },
  );
  return fc
    .tuple(fc.array(fc.tuple(directive, field), { minLength: 1, maxLength: 4 }), sms, variables)
    .map(([fields, ofSms, values]) => {
      const selection = fields.map(([each, text], i) => `f${i}: ${withDirective(text, each)}`).join(' ');
      const fragment = selection.includes('...OfSms') ? `fragment OfSms on Sms { ${ofSms} }` : '';
      const declared = Object.entries(declarations).filter(([name]) =>
        new RegExp(`\\$${name}\\b`).test(selection + fragment),
      );
      const head = declared.map(([name, type]) => `$${name}: ${type}`).join(' ');
      return {
        query: `query Q${head === '' ? '' : `(${head})`} { ${selection} } ${fragment}`,
        variables: Object.fromEntries(
          Object.entries(values).filter(([name]) => declared.some(([each]) => each === name)),
        ),
      };
    });
})();

/** The selection with a directive: before its braces, if it has any. */
function withDirective(selection: string, directive: string): string {
  return selection.includes(' {') ? selection.replace(' {', ` ${directive} {`) : `${selection} ${directive}`;
}
