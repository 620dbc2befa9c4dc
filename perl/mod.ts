/**
 * For programs ported from Perl: the table of names, and Perl-style arguments
 * turned into our options.
 *
 * @module
 */

export { fromPerl, type PerlArguments, type PerlConverted } from "./arguments.ts";
export { type PerlName, type PerlNameKind, perlNames } from "./names.ts";
