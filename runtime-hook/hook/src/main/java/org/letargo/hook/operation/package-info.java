/** Running changes and the outcomes of past ones: {@link org.letargo.hook.operation.Operations}. */
package org.letargo.hook.operation;
