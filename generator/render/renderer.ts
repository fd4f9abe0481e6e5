/** Handlebars, strict: a missing value stops the render instead of leaving a hole. Templates are compiled at build time. */
import runtime from 'handlebars/runtime.js';
import type HandlebarsType from 'handlebars';
import { TemplateFailed } from '../model/template-failed.js';
import { QUOTING } from './quote.js';

/** @throws TemplateFailed */
export type Render = (template: string, view: Readonly<Record<string, unknown>>) => string;

/** Compiled templates by name, as `Handlebars.precompile` made them, each made when it is asked for. */
export type Compiled = Readonly<Record<string, () => unknown>>;

type Engine = typeof HandlebarsType;

export function createRenderer(compiled: Compiled): Render {
  const engine = (runtime as unknown as Engine).create();
  for (const [name, quote] of Object.entries(QUOTING)) {
    engine.registerHelper(name, (value: unknown, options: unknown) => {
      if (value === undefined || options === undefined) throw new Error(`{{${name}}} was given nothing`);
      return quote(value);
    });
  }
  strictBlocks(engine);
  const templates = new Map<string, (view: unknown) => string>();
  return (name, view) => {
    let template = templates.get(name);
    if (!template) {
      const specification = Object.hasOwn(compiled, name) ? compiled[name]?.() : undefined;
      if (specification === undefined) throw new Error(`there is no template ${name}`);
      template = engine.template(specification as TemplateSpecification);
      templates.set(name, template);
    }
    try {
      return template(view);
    } catch (error) {
      throw new TemplateFailed(name, error as Error);
    }
  };
}

/** Handlebars' own `each` and `if` take a missing value for an empty one even in strict mode. */
function strictBlocks(engine: Engine): void {
  for (const name of ['each', 'if', 'unless']) {
    const original = engine.helpers[name] as unknown as (this: unknown, ...args: unknown[]) => unknown;
    engine.registerHelper(name, function (this: unknown, ...args: unknown[]) {
      if (args[0] === undefined) throw new Error(`{{#${name}}} was given nothing`);
      return original.apply(this, args);
    });
  }
}
