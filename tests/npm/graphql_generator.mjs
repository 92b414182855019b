// Schemas, documents and values of variables at random, for graphql_oracle.mjs. Documents are whole, have
// one fault that a rule is there for, or are mutated afterwards; what is right is not said here.
import {
  getNamedType, isCompositeType, isEnumType, isInputObjectType, isLeafType, isListType, isNonNullType, isObjectType, isScalarType,
} from "graphql";

let state = 0;
export function seed(number) {
  state = number >>> 0;
}
export function random() {
  state = (state + 0x6d2b79f5) >>> 0;
  let t = Math.imul(state ^ (state >>> 15), state | 1);
  t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
  return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
}
export const below = (n) => Math.floor(random() * n);
export const chance = (p) => random() < p;
export const pick = (list) => list[below(list.length)];
export const range = (n) => [...Array(n).keys()];

// ---- schemas

const SCALARS = ["Int", "Float", "String", "Boolean", "ID", "Date", "Json"];
const FIELDS = range(8).map((i) => `f${i}`);

function wrapped(name, p = 0.3) {
  let out = name;
  if (chance(p)) out += "!";
  if (chance(p)) out = `[${out}]`;
  if (out.startsWith("[") && chance(p)) out += "!";
  if (out.startsWith("[") && chance(0.1)) out = `[${out}]`;
  return out;
}

function constant(type) {
  if (type.endsWith("!")) type = type.slice(0, -1);
  else if (chance(0.1)) return "null";
  if (type.startsWith("[")) return `[${range(below(3)).map(() => constant(type.slice(1, -1))).join(", ")}]`;
  return { Int: "7", Float: "1.5", String: '"x"', Boolean: "true", ID: '"i"', Date: '"2026"', Json: "4" }[type] ?? (type.startsWith("E") ? "A" : null);
}

export function makeSchema() {
  const inputTypes = [...SCALARS, "E0", "E1", "I0", "I1", "One"];
  const input = (name, types) => {
    const base = pick(types);
    const type = wrapped(base);
    const value = base.startsWith("I") && base !== "Int" && base !== "ID" || base === "One" ? null : constant(type);
    return `${name}: ${type}${value !== null && chance(0.3) ? ` = ${value}` : ""}`;
  };
  const args = () => (chance(0.5) ? "" : `(${range(1 + below(3)).map((i) => input(`a${i}`, inputTypes)).join(" ")})`);
  const objects = range(5).map((i) => `O${i}`);
  const outputs = [...SCALARS, "E0", "E1", ...objects, ...objects, "N0", "N1", "U0"];
  const fieldsOf = (n) => Object.fromEntries(range(n).map(() => pick(FIELDS)).map((name) => [name, { args: args(), type: wrapped(pick(outputs)) }]));
  const print = (fields) => `{ ${Object.entries(fields).map(([name, f]) => `${name}${f.args}: ${f.type}`).join("\n  ")} }`;
  const n0 = fieldsOf(3);
  const n1 = { ...fieldsOf(2), ...n0 };
  let out = "";
  for (const name of objects) {
    const implemented = name === "O1" ? ["N0", "N1"] : pick([[], ["N0"], ["N0", "N1"]]);
    const fields = { ...fieldsOf(4), ...(implemented.includes("N1") ? n1 : implemented.length ? n0 : {}) };
    if (implemented.length) for (const f of Object.keys(n0)) if (chance(0.2) && !fields[f].type.endsWith("!")) fields[f] = { ...fields[f], type: `${fields[f].type}!` };
    out += `type ${name}${implemented.length ? ` implements ${implemented.join(" & ")}` : ""} ${print(fields)}\n`;
  }
  out += `interface N0 ${print(n0)}\ninterface N1 implements N0 ${print(n1)}\n`;
  out += `union U0 = ${objects.filter(() => chance(0.5)).concat("O0").filter((v, i, a) => a.indexOf(v) === i).join(" | ")}\n`;
  out += `enum E0 { A B C }\nenum E1 { A D }\nscalar Date\nscalar Json\n`;
  out += `input I0 { ${range(3).map((i) => input(`i${i}`, [...SCALARS, "E0"])).join(" ")} self: I0 }\n`;
  out += `input I1 { ${range(2).map((i) => input(`i${i}`, [...SCALARS, "I0", "One"])).join(" ")} }\nextend input I1 { more: [I0!] = [] }\n`;
  out += `input One @oneOf { x: Int y: [String] z: I0 }\n`;
  out += `directive @plain on FIELD | FRAGMENT_SPREAD | INLINE_FRAGMENT | QUERY | VARIABLE_DEFINITION | FRAGMENT_DEFINITION\n`;
  out += `directive @many(n: Int!, e: E0 = A) repeatable on FIELD | MUTATION | QUERY | SUBSCRIPTION\n`;
  out += `type Query ${print({ ...fieldsOf(6), any: { args: "(j: Json, d: [Date!], one: One, in: I1!)", type: "N0" }, u: { args: "", type: "[U0!]!" } })}\n`;
  if (chance(0.7)) out += `type Mutation ${print(fieldsOf(4))}\n`;
  if (chance(0.7)) out += `type Subscription ${print(fieldsOf(3))}\n`;
  return out;
}

// ---- documents

export const FAULTS = [
  "field", "leaf_selected", "nothing_selected", "argument", "argument_twice", "argument_missing", "literal", "null", "input_field", "input_field_twice",
  "input_field_missing", "one_of_two", "one_of_null", "directive", "directive_place", "directive_twice", "condition_unknown", "condition_scalar",
  "condition_impossible", "spread_unknown", "fragment_unused", "fragment_twice", "fragment_cycle", "variable_undefined", "variable_unused",
  "variable_twice", "variable_output", "variable_unknown_type", "variable_position", "variable_nullable", "operation_twice", "anonymous_beside",
  "subscription_roots", "subscription_introspection", "alias_of_two", "alias_arguments", "alias_shapes", "type_definition", "no_root", "default_wrong", "big_int",
];

export class Document {
  constructor(schema, fault) {
    this.schema = schema;
    this.fault = fault;
    this.fragments = [];
    this.aliases = 0;
    this.names = 0;
    this.composites = Object.values(schema.getTypeMap()).filter((t) => isCompositeType(t) && !t.name.startsWith("__"));
  }
  // Once a document.
  fails(kind, p = 0.5) {
    if (this.fault !== kind || !chance(p)) return false;
    this.fault = "";
    return true;
  }
  wrongLiteral(type) {
    const name = getNamedType(type).name;
    return { Int: "1.5", Float: '"x"', String: "A", Boolean: "1", ID: "2.5", E0: '"A"', E1: "B" }[name] ?? (isInputObjectType(getNamedType(type)) ? "3" : "$undefinedInCustom");
  }

  value(type, scope, place = {}) {
    if (isNonNullType(type)) {
      if (this.fails("null")) return "null";
      if (chance(0.3)) return this.variable(type, scope, place);
      return this.value(type.ofType, scope, { ...place, plain: true });
    }
    if (!place.plain && chance(0.25)) return this.variable(type, scope, place);
    if (!place.plain && !place.oneOf && chance(0.1)) return "null";
    if (this.fails("literal", 0.3)) return this.wrongLiteral(type);
    if (isListType(type)) return chance(0.15) ? this.value(type.ofType, scope, { plain: !isNonNullType(type.ofType) }) : `[${range(below(3)).map(() => this.value(type.ofType, scope)).join(" ")}]`;
    if (isEnumType(type)) return pick(type.getValues()).name;
    if (isInputObjectType(type)) return this.object(type, scope, place.depth ?? 0);
    switch (type.name) {
      case "Int": return this.fails("big_int") ? "2147483648" : pick(["0", "-5", "2147483647", "-2147483648"]);
      case "Float": return pick(["1", "-2.5", "1e3"]);
      case "String": return pick(['"s"', '"\\u00e9\\n"', '""']);
      case "Boolean": return pick(["true", "false"]);
      case "ID": return pick(["12345678901234567890", '"id"']);
      default: return pick(["1", '"x"', "true", "FREE", "{a: {b: [1, null]}, c: 1.5}", "[1, {x: A}]", "[]", "{}"]);
    }
  }
  object(type, scope, depth) {
    const fields = Object.values(type.getFields());
    if (type.isOneOf) {
      const f = pick(fields);
      if (this.fails("one_of_two")) return `{x: 1, y: ["a"]}`;
      if (this.fails("one_of_null")) return `{${f.name}: null}`;
      return `{${f.name}: ${this.value(f.type, scope, { oneOf: true, depth: depth + 1 })}}`;
    }
    const out = [];
    for (const f of fields) {
      const required = isNonNullType(f.type) && f.defaultValue === undefined;
      if (required ? this.fails("input_field_missing") : chance(0.6) || depth > 2) continue;
      out.push(`${f.name}: ${this.value(f.type, scope, { default: f.defaultValue !== undefined, depth: depth + 1 })}`);
    }
    if (this.fails("input_field")) out.push("nope: 1");
    if (out.length && this.fails("input_field_twice")) out.push(out[0]);
    return `{${out.join(", ")}}`;
  }
  variable(type, scope, place) {
    const name = `v${this.names++}`;
    let text = String(type);
    let value = "";
    const required = text.endsWith("!");
    if (place.oneOf) text = required ? text : `${text}!`;
    else if (this.fails("variable_position", 0.6)) text = pick(["[[[Int]]]", "Json", "E1", "I0", "Boolean"]);
    else if (required && this.fails("variable_nullable", 0.6)) text = text.slice(0, -1);
    else if (required && (place.default || chance(0.2))) {
      text = text.slice(0, -1);
      const given = constant(text);
      if (given !== null && given !== "null" && !text.match(/I0|I1|One/)) value = ` = ${given}`;
      else if (!place.default) text += "!";
    } else if (!required && chance(0.3)) text += "!";
    if (!text.match(/I0|I1|One/) && !value && chance(0.1) && constant(text) !== null) value = ` = ${constant(text)}`;
    if (this.fails("default_wrong")) value = " = {wrong: 1, wrong: 2}";
    if (this.fails("variable_output")) text = "O0";
    if (this.fails("variable_unknown_type")) text = "Nope";
    if (!this.fails("variable_undefined")) scope.variables.push({ name, type: text, text: `$${name}: ${text}${value}${chance(0.05) ? " @plain" : ""}` });
    return `$${name}`;
  }

  arguments(args, scope) {
    const out = [];
    for (const a of args) {
      const required = isNonNullType(a.type) && a.defaultValue === undefined;
      if (required ? this.fails("argument_missing") : chance(0.5)) continue;
      out.push(`${a.name}: ${this.value(a.type, scope, { default: a.defaultValue !== undefined })}`);
    }
    if (this.fails("argument", 0.2)) out.push("nope: 1");
    if (out.length && this.fails("argument_twice")) out.push(out[0]);
    return out.length ? `(${out.join(", ")})` : "";
  }
  directives(place, scope) {
    let out = "";
    if (this.fails("directive", 0.2)) out += " @nope";
    if (this.fails("directive_place", 0.2)) out += place === "FIELD" ? " @oneOf" : place === "OPERATION" ? " @skip(if: true)" : " @many(n: 1)";
    if (place === "FIELD" && chance(0.08)) out += ` @many(n: ${this.value(this.schema.getType("Int"), scope, { plain: true })}) @many(n: 2, e: B)`;
    if (place !== "OPERATION" && place !== "DEFINITION" && !this.unconditional && chance(0.1)) out += ` @include(if: ${this.value(this.schema.getDirective("include").args[0].type, scope)})`;
    if (place !== "OPERATION" && this.fails("directive_twice", 0.2)) out += " @plain @plain";
    return out;
  }

  selections(type, scope, depth) {
    const out = [];
    const fields = type.getFields ? Object.values(type.getFields()) : [];
    const wanted = 1 + below(3);
    for (let i = 0; i < wanted; ++i) {
      const what = random();
      if (fields.length === 0 || what < 0.18) out.push(this.fragment(type, scope, depth));
      else if (what < 0.24) out.push(chance(0.5) ? "__typename" : `t${this.aliases++}: __typename`);
      else out.push(this.field(pick(fields), type, scope, depth));
    }
    if (this.fails("field", 0.3)) out.push("nope");
    const leaves = fields.filter((f) => f.args.length === 0 && isLeafType(getNamedType(f.type)));
    if (leaves.length > 1 && this.fails("alias_of_two")) out.push(`same: ${leaves[0].name} same: ${leaves[1].name}`);
    const withArgs = fields.find((f) => f.args.length && isLeafType(getNamedType(f.type)) && f.args.every((a) => !isNonNullType(a.type) && isScalarType(a.type)));
    if (withArgs && this.fails("alias_arguments")) out.push(`like: ${withArgs.name} like: ${withArgs.name}(${withArgs.args[0].name}: null)`);
    if (!isObjectType(type) && this.fails("alias_shapes")) {
      const inside = this.schema.getPossibleTypes(type).flatMap((o) => Object.values(o.getFields()).filter((f) => !f.args.length && isLeafType(getNamedType(f.type))).map((f) => `... on ${o.name} { shape: ${f.name} }`));
      out.push(...inside);
    }
    return `{ ${out.join(" ")} }`;
  }
  field(f, parent, scope, depth) {
    const named = getNamedType(f.type);
    const leaf = isLeafType(named);
    if (!leaf && depth > 4) return "__typename";
    const directives = this.directives("FIELD", scope);
    this.unconditional = false;
    const below = leaf ? (this.fails("leaf_selected", 0.2) ? " { x }" : "") : this.fails("nothing_selected", 0.3) ? "" : ` ${this.selections(named, scope, depth + 1)}`;
    const alias = chance(f.args.length ? 0.9 : 0.6) ? `x${this.aliases++}: ` : "";
    return `${alias}${f.name}${this.arguments(f.args, scope)}${directives}${below}`;
  }
  possible(type) {
    const own = new Set(isObjectType(type) ? [type] : this.schema.getPossibleTypes(type));
    return this.composites.filter((t) => (isObjectType(t) ? own.has(t) : this.schema.getPossibleTypes(t).some((o) => own.has(o))));
  }
  fragment(type, scope, depth) {
    if (this.fails("spread_unknown")) return "...Nope";
    if (this.fails("condition_unknown")) return "... on Nope { x }";
    if (this.fails("condition_scalar")) return "... on Int { x }";
    const possible = this.possible(type);
    let on = pick(possible);
    const impossible = this.composites.filter((t) => !possible.includes(t));
    if (impossible.length && this.fails("condition_impossible")) on = pick(impossible);
    if (depth > 4) return "__typename";
    if (chance(0.4)) return chance(0.2) ? `...${this.directives("INLINE", scope)} ${this.selections(type, scope, depth + 1)}` : `... on ${on.name}${this.directives("INLINE", scope)} ${this.selections(on, scope, depth + 1)}`;
    const known = this.fragments.filter((f) => f.text && possible.includes(f.type));
    let fragment = known.length && chance(0.5) ? pick(known) : null;
    if (!fragment) {
      fragment = { name: `F${this.fragments.length}`, type: on, variables: [], spreads: new Set(), text: "" };
      this.fragments.push(fragment);
      const directives = this.directives("DEFINITION", fragment);
      fragment.text = `fragment ${fragment.name} on ${on.name}${directives} ${this.selections(on, fragment, depth + 1)}`;
      if (this.fails("fragment_cycle")) fragment.text = fragment.text.replace(/ }$/, ` ...${fragment.name} }`);
      if (this.fails("fragment_twice")) fragment.text += ` fragment ${fragment.name} on ${on.name} { __typename }`;
    }
    scope.spreads.add(fragment);
    return `...${fragment.name}${this.directives("SPREAD", scope)}`;
  }

  operation(kind, name) {
    const root = { query: this.schema.getQueryType(), mutation: this.schema.getMutationType(), subscription: this.schema.getSubscriptionType() }[kind];
    const scope = { variables: [], spreads: new Set() };
    const directives = this.directives("OPERATION", scope);
    let body;
    if (kind === "subscription") {
      this.unconditional = !chance(0.1);
      const one = this.field(pick(Object.values(root.getFields())), root, scope, 1);
      body = `{ ${this.fails("subscription_introspection", 1) ? "__typename" : one}${this.fails("subscription_roots", 1) ? " other: __typename" : ""} }`;
    } else body = this.selections(root, scope, 0);
    const all = new Map();
    const seen = new Set();
    const visit = (one) => {
      if (seen.has(one)) return;
      seen.add(one);
      for (const v of one.variables) all.set(v.name, v);
      one.spreads.forEach(visit);
    };
    visit(scope);
    const variables = [...all.values()];
    this.variables.push(...variables);
    const texts = variables.map((v) => v.text);
    if (this.fails("variable_unused", 1)) texts.push("$unused: Int");
    if (texts.length && this.fails("variable_twice", 1)) texts.push(texts[0]);
    const head = texts.length ? `(${texts.join(", ")})` : "";
    return name === "" && !head && !directives && kind === "query" && chance(0.5) ? body : `${kind} ${name}${head}${directives} ${body}`;
  }
  text() {
    this.variables = [];
    const kinds = ["query", "query", ...(this.schema.getMutationType() ? ["mutation"] : []), ...(this.schema.getSubscriptionType() ? ["subscription"] : [])];
    if (this.fault.startsWith("subscription") && this.schema.getSubscriptionType()) kinds.splice(0, 9, "subscription");
    const many = chance(0.1) || this.fault === "operation_twice" || this.fault === "anonymous_beside";
    const operations = range(many ? 2 : 1).map((i) => this.operation(pick(kinds), many ? `Q${i}` : pick(["", "Q"])));
    if (this.fails("operation_twice", 1)) operations[1] = operations[1].replace("Q1", "Q0");
    if (this.fails("anonymous_beside", 1)) operations[1] = operations[1].replace("Q1", "");
    const parts = [...operations, ...this.fragments.map((f) => f.text)];
    if (this.fails("fragment_unused", 1)) parts.push("fragment Unused on Query { __typename }");
    if (this.fails("type_definition", 1)) parts.push("type Extra { a: Int }");
    if (this.fault === "no_root" && !this.schema.getMutationType()) parts.push("mutation Lost { __typename }");
    if (chance(0.2)) parts.reverse();
    return parts.join("\n");
  }
}

// A few tokens changed: most of it is no GraphQL any more, what is left is odd.
export function mutate(text) {
  const tokens = text.match(/"(?:[^"\\\n]|\\.)*"|\.\.\.|[A-Za-z_0-9.-]+|[^\s]/g);
  for (let i = 0; i <= below(2); ++i) {
    const at = below(tokens.length);
    const other = pick(tokens);
    const what = below(4);
    if (what === 0) tokens.splice(at, 1);
    else if (what === 1) tokens.splice(at, 0, other);
    else if (what === 2) tokens[at] = /^\w/.test(tokens[at]) ? pick(tokens.filter((t) => /^\w/.test(t))) : other;
    else tokens.splice(at, 1, pick(["1", "null", "$v0", "__typename", "id", "Int", "Int!", "[Int]", "A", "f0", "f1", "@plain", "{a: 1}"]));
    if (tokens.length === 0) tokens.push("{");
  }
  return tokens.join(" ");
}

// ---- values of variables

export function json(type, depth = 0) {
  if (chance(0.03)) return pick([null, 1, 1.5, "x", true, [], {}, [[null]], 2147483648, -1e300, { a: 1 }]);
  if (isNonNullType(type)) return json(type.ofType, depth);
  if (!type) return 1;
  if (chance(0.08)) return null;
  if (isListType(type)) return chance(0.15) ? json(type.ofType, depth) : range(below(3)).map(() => json(type.ofType, depth));
  if (isEnumType(type)) return chance(0.05) ? "Z" : pick(type.getValues()).name;
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields());
    if (type.isOneOf) { const f = pick(fields); return chance(0.1) ? { x: 1, y: ["a"] } : { [f.name]: json(f.type, depth + 1) }; }
    const out = {};
    for (const f of fields) if ((isNonNullType(f.type) && chance(0.97)) || (chance(0.4) && depth < 3)) out[f.name] = json(f.type, depth + 1);
    if (chance(0.03)) out.nope = 1;
    return out;
  }
  return { Int: pick([1, -1, 2147483647, 1.0]), Float: pick([1, 2.5]), String: "s", Boolean: true, ID: pick(["i", 5]) }[type.name] ?? pick([1, "x", { a: [1] }, [1, "b"]]);
}
