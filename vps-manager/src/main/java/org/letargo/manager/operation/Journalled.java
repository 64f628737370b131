package org.letargo.manager.operation;

import org.letargo.hook.protocol.OperationId;

/**
 * An operation as it was found in the journal, to be taken up again.
 *
 * @param hookOperation what the hook knows its current step as
 * @param step which of its steps that is, from 0
 */
public record Journalled(Operation operation, OperationId hookOperation, int step) {}
