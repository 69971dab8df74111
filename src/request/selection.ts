/** What a query selects, through fragments and in any depth. */
import {
  type ArgumentNode,
  type DocumentNode,
  type FragmentDefinitionNode,
  type GraphQLFieldExtensions,
  type GraphQLSchema,
  isObjectType,
  Kind,
  type SelectionNode,
  type SelectionSetNode,
  visit,
} from 'graphql';

/** Fragments by their names. */
export type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

/** What {@link selects} searches a selection for. */
export interface Selected {
  /** Names of fields. */
  readonly fields: ReadonlySet<string>;
  readonly fragments: Fragments;
  /** Whether a part of the selection counts. */
  readonly includes: (node: SelectionNode) => boolean;
}

/** Whether a selection has one of the fields, in any depth, fragments included. */
export function selects(
  selectionSet: SelectionSetNode | undefined,
  selected: Selected,
  seen = new Set<string>(),
): boolean {
  return (selectionSet?.selections ?? []).some((node) => {
    if (!selected.includes(node)) return false;
    if (node.kind === Kind.FIELD)
      return selected.fields.has(node.name.value) || selects(node.selectionSet, selected, seen);
    if (node.kind === Kind.INLINE_FRAGMENT) return selects(node.selectionSet, selected, seen);
    if (seen.has(node.name.value)) return false;
    seen.add(node.name.value);
    return selects(selected.fragments[node.name.value]?.selectionSet, selected, seen);
  });
}

/** Names of the variables that `@skip` and `@include` depend on. */
export function flagsOf(document: DocumentNode): readonly string[] {
  const flags = new Set<string>();
  const collect = ({ value }: ArgumentNode) => {
    if (value.kind === Kind.VARIABLE) flags.add(value.name.value);
  };
  visit(document, { Directive: ({ arguments: args = [] }) => args.forEach(collect) });
  return [...flags];
}

/** The fragments of a document. */
export function fragmentsOf({ definitions }: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments: Record<string, FragmentDefinitionNode> = Object.create(null);
  for (const definition of definitions) {
    if (definition.kind === Kind.FRAGMENT_DEFINITION) fragments[definition.name.value] = definition;
  }
  return fragments;
}

/** Names of the fields, of whatever type, whose extensions have a mark. Computed once per schema by the returned function. */
export function fieldsWith(
  hasMark: (extensions: GraphQLFieldExtensions<unknown, unknown>) => boolean,
): (schema: GraphQLSchema) => ReadonlySet<string> {
  const known = new WeakMap<GraphQLSchema, ReadonlySet<string>>();
  return (schema) => {
    let names = known.get(schema);
    if (names === undefined) {
      const types = Object.values(schema.getTypeMap()).filter(isObjectType);
      const fields = types.flatMap((type) => Object.values(type.getFields()));
      names = new Set(fields.filter(({ extensions }) => hasMark(extensions)).map(({ name }) => name));
      known.set(schema, names);
    }
    return names;
  };
}
