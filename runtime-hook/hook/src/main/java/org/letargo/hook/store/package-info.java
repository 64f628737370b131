/**
 * The store of this host, where all checkpoints lie: opened once, and how the engine's memory gets
 * into it. How it works inside is image-archive's business.
 */
package org.letargo.hook.store;
