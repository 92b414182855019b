// Our judgement of GraphQL documents beside graphql-js': `node graphql_oracle.mjs SALLYPORT SEED COUNT`.
//
// Schemas, documents and values of variables are made at random from the seed; documents are whole, or
// have one fault that a rule is there for, or a few tokens changed. Both must agree on each: valid or
// not, and when it is not, one of graphql-js' failing rules must be the one we name. The last line of
// output is JSON: {"agreed", "valid", "syntax", "variables", "rules": {rule: how many failed it}, "differ": […]}.
//
// Beyond graphql-js 16 we hold documents to rules of September 2025: an operation needs its root type,
// no nullable variable stands in a @oneOf type, and the root of a subscription has no condition. They are
// written out below. Its limit on the depth of introspection is none of the specification's rules.
import { spawn } from "node:child_process";
import { createInterface } from "node:readline";
import { buildSchema, getNamedType, introspectionFromSchema, parse, specifiedRules, validate, GraphQLError } from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import { Document, FAULTS, below, chance, json, makeSchema, mutate, pick, random, range, seed } from "./graphql_generator.mjs";

const [, , program, start, count] = process.argv;
seed(Number(start));

// ---- judging

const snake = (name) => name.replace(/Rule$/, "").replace(/[A-Z]/g, (c, at) => (at ? "_" : "") + c.toLowerCase());
const rules = specifiedRules.filter((rule) => rule.name !== "MaxIntrospectionDepthRule").map((rule) => [snake(rule.name), rule]);
rules.push(["operation_type_existence", (context) => ({
  OperationDefinition(node) {
    const s = context.getSchema();
    if (!{ query: s.getQueryType(), mutation: s.getMutationType(), subscription: s.getSubscriptionType() }[node.operation]) context.reportError(new GraphQLError("no root"));
  },
})]);
rules.push(["single_field_subscriptions", (context) => {
  const conditional = (set, seen) => set.selections.some((one) => {
    if (one.directives?.some((d) => d.name.value === "skip" || d.name.value === "include")) return true;
    if (one.kind === "InlineFragment") return conditional(one.selectionSet, seen);
    const fragment = one.kind === "FragmentSpread" && !seen.has(one.name.value) ? context.getFragment(one.name.value) : undefined;
    return fragment !== undefined && fragment !== null && conditional(fragment.selectionSet, seen.add(one.name.value));
  });
  return {
    OperationDefinition(node) {
      if (node.operation === "subscription" && conditional(node.selectionSet, new Set())) context.reportError(new GraphQLError("a condition on the root"));
    },
  };
}]);
rules.push(["variables_in_allowed_position", (context) => {
  const names = new Set();
  return {
    ObjectField(node) {
      const parent = getNamedType(context.getParentInputType());
      if (node.value.kind === "Variable" && parent?.isOneOf) names.add(node.value.name.value);
    },
    Document: {
      leave(document) {
        for (const operation of document.definitions) {
          for (const v of operation.variableDefinitions ?? []) {
            if (names.has(v.variable.name.value) && v.type.kind !== "NonNullType") context.reportError(new GraphQLError("nullable in @oneOf"));
          }
        }
      },
    },
  };
}]);

function expected(schema, query, variables) {
  let document;
  try {
    document = parse(query);
  } catch {
    return { valid: false, failing: ["graphql"] };
  }
  // Conditions on the root of a subscription are judged by their value, or throw where it is not known.
  const fails = (some) => {
    try {
      return validate(schema, document, some, { maxErrors: 1 }).length !== 0;
    } catch {
      return true;
    }
  };
  if (fails(rules.map(([, rule]) => rule))) {
    const failing = rules.filter(([, rule]) => fails([rule])).map(([name]) => name);
    return { valid: false, failing: [...new Set(failing)] };
  }
  if (variables === undefined) return { valid: true };
  const good = document.definitions.every((d) => d.kind !== "OperationDefinition" || getVariableValues(schema, d.variableDefinitions ?? [], variables).errors === undefined);
  return good ? { valid: true } : { valid: false, failing: ["variable_values"] };
}

const ours = spawn(program, ["debug", "graphql"], { stdio: ["pipe", "pipe", "inherit"] });
const answers = createInterface({ input: ours.stdout })[Symbol.asyncIterator]();
const result = { agreed: 0, valid: 0, syntax: 0, variables: 0, schemas: 0, rules: {}, differ: [] };
let schema;
let sdl;
for (let i = 0; i < Number(count); ) {
  sdl = makeSchema();
  schema = buildSchema(sdl);
  validate(schema, parse("{ __typename }"));
  result.schemas++;
  const batch = [];
  const asIntrospection = chance(0.3);
  ours.stdin.write(JSON.stringify({ id: "schema", schema: asIntrospection ? JSON.stringify({ data: introspectionFromSchema(schema, { inputValueDeprecation: true, specifiedByUrl: true, oneOf: true }) }) : sdl }) + "\n");
  for (let k = 0; k < 100 && i < Number(count); ++k, ++i) {
    const how = random();
    const document = new Document(schema, how < 0.6 ? pick(FAULTS) : "");
    let query = document.text();
    if (how > 0.85) query = mutate(query);
    const line = { id: i, query };
    if (how > 0.6 && how < 0.85 && chance(0.6)) {
      line.variables = {};
      for (const v of document.variables) {
        const definition = parse(`query(${v.text.replace(" @plain", "")}) { x }`).definitions[0].variableDefinitions[0];
        const typeOf = (node) => node.kind === "NamedType" ? schema.getType(node.name.value) : node.kind === "NonNullType" ? typeOf(node.type) : { __list: 1, ofType: typeOf(node.type) };
        const valueOf = (t) => t?.__list ? (chance(0.2) ? valueOf(t.ofType) : range(below(3)).map(() => valueOf(t.ofType))) : json(t);
        if (chance(0.95)) line.variables[v.name] = valueOf(typeOf(definition.type));
      }
    }
    batch.push(line);
    ours.stdin.write(JSON.stringify(line) + "\n");
  }
  const readied = JSON.parse((await answers.next()).value);
  if (readied.valid !== true) result.differ.push({ schema: sdl, got: readied });
  for (const line of batch) {
    const got = JSON.parse((await answers.next()).value);
    const want = expected(schema, line.query, line.variables);
    if (want.valid) result.valid++;
    else if (want.failing[0] === "graphql") result.syntax++;
    for (const rule of want.failing ?? []) result.rules[rule] = (result.rules[rule] ?? 0) + 1;
    if (line.variables) result.variables++;
    if (got.id === line.id && got.valid === want.valid && (got.valid || want.failing.includes(got.rule))) result.agreed++;
    else if (result.differ.length < 5) result.differ.push({ ...line, schema: sdl, want, got });
    else result.differ.push(line.id);
  }
}
ours.stdin.end();
console.log(JSON.stringify(result));
