/** What tests of other modules use in place of the kernel. */
package org.letargo.archive.disk.testing;
