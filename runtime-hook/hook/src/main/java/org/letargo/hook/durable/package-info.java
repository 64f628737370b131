/** Files that survive whatever dies: {@link org.letargo.hook.durable.DurableFiles}. */
package org.letargo.hook.durable;
