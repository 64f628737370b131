/**
 * Pre-copy: memory and disk of a VPS go to another host while it runs, so that what is left for the
 * moment when it stands still is what changes in a moment. {@link org.letargo.hook.ahead.SendAhead}
 * goes through all in rounds; {@link org.letargo.hook.ahead.ReceiveAhead} keeps what comes. Nothing
 * depends on it: what was read while a program wrote to it, or has changed since, is content that
 * nobody names, and the checkpoint that follows is sent by content as ever.
 */
package org.letargo.hook.ahead;
