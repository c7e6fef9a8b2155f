/** Answers `--help` and anything that is no argument, and ends the process then. `more` says where to read on. */
export function takesNoArguments(args, help, more) {
  const unknown = args.find((arg) => !['--help', '-h'].includes(arg));
  if (unknown !== undefined) {
    console.error(`unknown argument: ${unknown}. ${more}`);
    process.exit(2);
  }
  if (args.length === 0) return;
  console.log(help);
  process.exit(0);
}
