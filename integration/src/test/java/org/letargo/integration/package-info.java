/**
 * What Letargo promises, tested on the real kernel: a story per class. Whoever wants to know what a
 * test stands on reads {@link org.letargo.integration.harness}.
 */
package org.letargo.integration;
