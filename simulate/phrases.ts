import type { Random } from '../test/crash/random.ts';

const OPENINGS = [
  'Hi! Is the blue one still there?',
  'Good morning 🌞',
  'Dzień dobry, czy paczka już wyszła?',
  'Hello, I have a question about my order',
  'Oi, tudo bem?',
  'שלום, אפשר לקבוע פגישה?',
];

const ANSWERS = [
  'Yes',
  'ok 👍',
  'Let me check, one moment please',
  'It will be with you on Thursday.',
  'How much is the large one?',
  '249 €, delivery included',
  'Great, thank you!! 🙏🙏',
  'Tak, jasne. Wyślę jeszcze dziś.',
  'Can you send me the address?',
  'Main Street 5\n2nd floor\nring twice 🔔',
  'We close at 6 today',
  '😂',
  'Perfect, see you then',
  'My number is 1234 & the total was <130>',
  'I will ask my colleague and come back to you, it may take until tomorrow since she is travelling',
];

/** What one might write, at the beginning of a conversation or within it. */
export const phrase = (random: Random, isOpening: boolean) =>
  random.pick(isOpening ? OPENINGS : ANSWERS);
