import type { Random } from '../test/crash/random.ts';

// Who plays: accounts with their chats. All phone numbers are of ranges kept free for fiction.

export interface Person {
  name: string;
  /** Without its +. */
  phone: string;
  lid: string;
  userId: string;
  /** Goes by a number that hides the phone (WAHA), or by a user name (Cloud API). */
  isHidden: boolean;
}

export interface Chat {
  /** The other one of a direct chat, the members of a group. */
  people: [Person, ...Person[]];
  /** Null for a direct chat. */
  groupId: string | null;
}

export interface Account {
  index: number;
  name: string;
  email: string;
  /** Without its +. */
  phone: string;
  lid: string;
  chats: Chat[];
}

/** Numbers from 202-555-0100 to 0199 are nobody's. */
export const MOST_ACCOUNTS = 100;

const DIRECT_CHATS = 10;
const GROUPS = 2;
const MEMBERS = 5;
const HIDDEN = 0.25;

const GIVEN = ['Ana', 'Bo', 'Chidi', 'Dalia', 'Emeka', 'Fatima', 'Grzegorz', 'Hana', 'Ivo', 'José'];
const FAMILY = ['Berg', 'Cohen', 'Díaz', 'Kowalska', 'Lévy', 'Nowak', 'Okafor', 'Silva', 'Żak'];

/** So many accounts with their chats, the same for the same random numbers. */
export function castOf(random: Random, accounts: number): Account[] {
  return Array.from({ length: accounts }, (_, index) => {
    const name = nameOf(random);
    const people = Array.from({ length: DIRECT_CHATS }, (_, at) =>
      personOf(random, index * DIRECT_CHATS + at),
    );
    const direct = people.map((person): Chat => ({ people: [person], groupId: null }));
    const groups = Array.from({ length: GROUPS }, (_, at): Chat => {
      const [first, ...rest] = people.slice(at, at + MEMBERS) as Chat['people'];
      return { people: [first, ...rest], groupId: `1203630${index}${at}0000000000` };
    });
    return {
      index,
      name,
      email: `teammate${index + 1}@acme.example`,
      phone: `1202555${String(100 + index).padStart(4, '0')}`,
      lid: `900000000000${index}`,
      chats: [...direct, ...groups],
    };
  });
}

function personOf(random: Random, number: number): Person {
  const serial = String(number % 1000).padStart(3, '0');
  return {
    name: nameOf(random),
    phone: `447700900${serial}`,
    lid: `100000000000${serial}`,
    userId: `GB.1000000000000${serial}`,
    isHidden: random.chance(HIDDEN),
  };
}

const nameOf = (random: Random) => `${random.pick(GIVEN)} ${random.pick(FAMILY)}`;
