import { expect, test } from '@jest/globals';
import { IntakeOverloadedError, WaitingRoom } from '../../src/core/waiting-room.ts';

const ROOM = { items: 10, characters: 1000 };
const items = (count: number) => ({ items: count, characters: 0 });
const characters = (count: number) => ({ items: 1, characters: count });

test('one workspace may have all the room, and no more', () => {
  const room = new WaitingRoom(ROOM);
  const leave = room.enter(1, items(6));
  room.enter(1, items(4));
  expect(() => room.enter(1, items(1))).toThrow(IntakeOverloadedError);
  leave();
  room.enter(1, items(6));
});

test('what is too much by itself is let in where nothing else of its workspace waits', () => {
  const room = new WaitingRoom(ROOM);
  const leave = room.enter(1, characters(5000));
  expect(() => room.enter(1, characters(1))).toThrow(IntakeOverloadedError);
  leave();
  room.enter(1, characters(1));
});

test('one that has filled the room has others let in all the same, up to their share', () => {
  const room = new WaitingRoom(ROOM);
  room.enter(1, items(9));
  room.enter(2, items(3));
  room.enter(2, items(2));
  for (const workspaceId of [1, 2]) {
    expect(() => room.enter(workspaceId, items(1))).toThrow(IntakeOverloadedError);
  }
  room.enter(3, items(1));
});

test('however many workspaces want some, there is an end', () => {
  const room = new WaitingRoom(ROOM);
  for (let workspaceId = 1; workspaceId <= 8; workspaceId += 1) room.enter(workspaceId, items(5));
  expect(() => room.enter(9, items(1))).toThrow(IntakeOverloadedError);
});

test('who has no room for one message more is told before its messages are read', () => {
  const room = new WaitingRoom(ROOM);
  const leave = room.enter(1, items(10));
  expect(() => room.check(1)).toThrow(IntakeOverloadedError);
  room.check(2);
  leave();
  room.check(1);
});

test('one that has left counts no more', () => {
  const room = new WaitingRoom(ROOM);
  const leave = room.enter(1, items(5));
  room.enter(2, items(5));
  expect(() => room.enter(2, items(1))).toThrow(IntakeOverloadedError);
  leave();
  room.enter(2, items(5));
});
