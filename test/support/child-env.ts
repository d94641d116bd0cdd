/**
 * All that the children of a test have of its environment. The tests start a server some two hundred
 * times: what V8 compiled for the first (see jest.config.js) takes an eighth off each other start.
 */
export const CHILD_ENV: Record<string, string> = {
  PATH: process.env.PATH ?? '',
  ...(process.env.NODE_COMPILE_CACHE && { NODE_COMPILE_CACHE: process.env.NODE_COMPILE_CACHE }),
};
