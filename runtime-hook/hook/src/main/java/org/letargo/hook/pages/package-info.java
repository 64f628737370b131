/**
 * The memory of a VPS on its way out of the engine and back: CRIU's page server protocol, both
 * directions, over loopback to one checked peer. It knows nothing of where pages are kept.
 *
 * <p>Out: {@link org.letargo.hook.pages.PageReceiver} takes what {@code runc checkpoint
 * --page-server} sends, gives the pages to a {@link org.letargo.hook.pages.PageSink} and writes the
 * pagemap images that the engine then does not write. Back, eagerly: the sink's pages-N.img beside
 * those pagemaps is all that a restore needs. Back, lazily: {@link
 * org.letargo.hook.pages.LazyImages} makes the folder that is restored, and {@link
 * org.letargo.hook.pages.LazyRestore} runs the engine's lazy-pages daemon and answers it from a
 * {@link org.letargo.hook.pages.PageSource}.
 */
package org.letargo.hook.pages;
