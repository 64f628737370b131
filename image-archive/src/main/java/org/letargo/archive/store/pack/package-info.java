/**
 * The store on a disk. {@link org.letargo.archive.store.pack.PackStore} is the way in; the bytes
 * are described in docs/design/007-store.md.
 *
 * <p>Words: a <em>pack</em> is a file of chunks, one behind another; an <em>entry</em> is one chunk
 * in it, header and stored bytes; a <em>place</em> says where an entry lies; the <em>table</em> at
 * the end of a finished pack lists its entries; the <em>index</em> finds the place of a chunk, and
 * is only a cache of what the packs say.
 */
package org.letargo.archive.store.pack;
