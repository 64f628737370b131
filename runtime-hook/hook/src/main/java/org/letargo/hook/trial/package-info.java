/**
 * Looks whether processes that a trial restore has brought back are those that were saved: {@link
 * org.letargo.hook.trial.RestoredProcesses}. It only looks; what makes and ends a trial is in
 * {@code change}.
 */
package org.letargo.hook.trial;
