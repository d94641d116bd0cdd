import { StoreError } from '../errors.ts';

/** The database that a data folder is to be moved to holds something else. */
export class MoveTargetNotEmptyError extends StoreError {
  constructor(to: string) {
    super(
      'move_target_not_empty',
      `${to} holds data that is not of this move: name an empty database, or an empty schema of one. Nothing was moved.`,
    );
  }
}

/** Somebody is at work on the database that a data folder is to be moved to. */
export class MoveTargetInUseError extends StoreError {
  constructor(to: string, who: 'server' | 'move') {
    super(
      'move_target_in_use',
      who === 'server'
        ? `A Pakiet server is at work on ${to}: stop it first.`
        : `Another move to ${to} is under way, or the database does not know yet that it has ended: try again in a minute.`,
    );
  }
}

/** What is in the database already is of another folder, or of this one as it was before. */
export class MoveSourceChangedError extends StoreError {
  constructor(folder: string, to: string) {
    super(
      'move_source_changed',
      `${to} holds an unfinished copy of another data folder, or of ${folder} before it changed: run the command with --start-over to copy everything anew.`,
    );
  }
}

/** The copy is not what the data folder holds. */
export class MoveDiffersError extends StoreError {
  /** @param what differs */
  constructor(what: string) {
    super(
      'move_differs',
      `The copy is not the same as the data folder (${what}), so nothing counts as moved: run the command with --start-over to copy everything anew.`,
    );
  }
}
