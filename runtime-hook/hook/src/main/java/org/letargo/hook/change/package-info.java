/**
 * What can be done to a VPS, one class per verb, entered by {@link
 * org.letargo.hook.change.Changes}. Each reads as the list of its steps and says what happens when
 * one fails. {@code Stand} puts up and takes down what stands on the host for a VPS with processes;
 * {@code Recovery} finishes or rolls back what a hook that died had begun.
 */
package org.letargo.hook.change;
