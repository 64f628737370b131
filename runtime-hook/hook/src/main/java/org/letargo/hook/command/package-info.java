/** Programs of the host, run without a shell: {@link org.letargo.hook.command.Command}. */
package org.letargo.hook.command;
