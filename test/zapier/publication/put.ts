type Container = Record<string, unknown>;

/**
 * Puts a value at a path such as `triggers.new_message.operation.outputFields.id.label`, where a field in a
 * list goes by its key; `undefined` removes what is there. A path that leads nowhere is an error, so that
 * no test goes on breaking what has long been renamed.
 */
export function put(target: object, path: string, value: unknown): void {
  const [last = '', ...parents] = path.split('.').reverse();
  const container = parents.reverse().reduce<unknown>((inner, name) => {
    const next = (inner as Container)[slotOf(inner, name)];
    if (typeof next !== 'object' || next === null)
      throw new Error(`There is no ${name} in ${path}`);
    return next;
  }, target);
  const slot = slotOf(container, last);
  if (value !== undefined) (container as Container)[slot] = value;
  else if (Array.isArray(container)) container.splice(Number(slot), 1);
  else delete (container as Container)[slot];
}

/** A field's place in a list of fields is where its key is, or the end of the list. */
function slotOf(container: unknown, name: string): string {
  if (!Array.isArray(container) || /^\d+$/.test(name)) return name;
  const at = container.findIndex((field: { key?: string }) => field.key === name);
  return String(at === -1 ? container.length : at);
}
