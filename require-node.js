// Imported before anything else by every entry point (server, command line, tests): better-sqlite3
// crashes the process under an older Node, so the version is judged before it can be loaded.
const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
if (major < 22 || (major === 22 && minor < 19)) {
  console.error(
    `Pakiet needs Node 22.19 or newer and this is Node ${process.versions.node}: run it through npm (npm start, npm test), which brings the right one along.`,
  );
  process.exit(1);
}
