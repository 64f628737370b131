/**
 * Commands and consoles: {@link org.letargo.hook.session.ExecSession}, {@link
 * org.letargo.hook.session.ConsoleSession}. They end with their caller; a VPS does not.
 */
package org.letargo.hook.session;
