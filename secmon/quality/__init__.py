"""How good the policy in force is, by what people said of logins; and what they would have it weigh."""
