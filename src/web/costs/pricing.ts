import type { FastifyRequest } from 'fastify';
import { z } from 'zod';
import type { Pricing } from '../../core/costs.ts';
import { says } from '../forms.ts';

/** Each is a text as people enter it; a comma is as good as a point. */
const decimal = (text: string) => Number(text.trim().replace(',', '.') || Number.NaN);

export const pricingForm = z.object({
  steps: z
    .string(says('number'))
    .transform(decimal)
    .refine((steps) => Number.isInteger(steps) && steps >= 1 && steps <= 100, says('number')),
  price: z
    .string(says('number'))
    .transform((text) => (text.trim() === '' ? 0 : decimal(text)))
    .refine((price) => price >= 0 && price <= 1_000_000, says('number')),
});

/** What was entered last; one step and no price at first. */
export function rememberedPricing({ cookies }: FastifyRequest): Pricing {
  const [steps = '', price = ''] = (cookies.pricing ?? '').split(' ');
  const read = pricingForm.safeParse({ steps, price });
  if (!read.success) return { actionSteps: 1, pricePerTask: 0 };
  return { actionSteps: read.data.steps, pricePerTask: read.data.price };
}

/** As it is remembered. */
export const pricingText = ({ actionSteps, pricePerTask }: Pricing) =>
  `${actionSteps} ${pricePerTask}`;
