"""The stages that `pipeline` strings together: each hands pure decisions what they need from the rooms."""
