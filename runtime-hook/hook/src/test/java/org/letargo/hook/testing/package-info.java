/** What the tests of several packages share. */
package org.letargo.hook.testing;
