/** Who did what when from where, and how it ended. {@link org.letargo.manager.audit.AuditLog}. */
package org.letargo.manager.audit;
