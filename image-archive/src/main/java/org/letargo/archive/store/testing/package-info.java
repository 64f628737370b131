/** What tests use in place of a store on a disk. */
package org.letargo.archive.store.testing;
