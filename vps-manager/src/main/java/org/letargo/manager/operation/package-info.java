/**
 * Running changes. {@link org.letargo.manager.operation.Operations} starts them, a virtual thread
 * each, journals them before anything is asked of the hook, and takes them up again after the
 * manager or the hook died. What an operation does is a {@link org.letargo.manager.operation.Work}
 * of another package; it talks to the hook through {@link org.letargo.manager.operation.HookCalls},
 * which outlives a dying hook.
 */
package org.letargo.manager.operation;
