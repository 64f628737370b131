/**
 * One checkpoint as one portable file, format version 2: {@link
 * org.letargo.archive.file.ArchiveFileWriter} streams it out of a store, {@link
 * org.letargo.archive.file.ArchiveFileReader} puts it into another one and trusts nothing in it.
 * The bytes are described in docs/archive-format.md.
 */
package org.letargo.archive.file;
