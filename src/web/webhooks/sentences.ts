import type { Activity, Lane, LoggedRequest } from '../../store/rows.ts';

// What the core tells of what happened, as the pages show it.

export const activityText = ({ detail }: Activity): string => detail;

/** Why a delivery failed. */
export const errorText = (error: Lane['error']): string => error;

/** Why a request that someone has asked for failed. */
export const requestErrorText = ({ message }: NonNullable<LoggedRequest['error']>): string =>
  message;
