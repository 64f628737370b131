/** Tests of the console page in a real browser, against {@code FakeApi}. */
package org.letargo.manager.console;
