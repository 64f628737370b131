/** The store of the host, where checkpoints live: what it keeps, and work on it as a whole. */
package org.letargo.manager.store;
