/** What changes, as it changes: {@link org.letargo.manager.events.Changes} within, SSE outside. */
package org.letargo.manager.events;
