package org.letargo.manager.operation;

import java.util.List;

/** Operations as the API shows them. */
record OperationList(List<OperationView> operations) {}
