// The rules of Zapier's reviewers and of its automatic checks, as far as they can be checked offline.
// Numbered ones: https://docs.zapier.com/integrations/publish/integration-checks-reference
import { connectionRules } from './connection.ts';
import { inputRules } from './inputs.ts';
import type { Integration, Rule } from './integration.ts';
import { linkRules } from './links.ts';
import { namingRules } from './naming.ts';
import { sampleRules } from './samples.ts';

export const RULES: Record<string, Rule> = {
  ...connectionRules,
  ...inputRules,
  ...linkRules,
  ...namingRules,
  ...sampleRules,
};

/** What stands in the way of publication, such as `D021 new_message: the description must be …`. */
export async function lint(app: Integration): Promise<string[]> {
  const findings = await Promise.all(
    Object.entries(RULES).map(async ([id, rule]) =>
      (await rule(app)).map((finding) => `${id} ${finding}`),
    ),
  );
  return findings.flat();
}
