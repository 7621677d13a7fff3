"""What is known of a claim's like on the day it is sent: denial rates, and the patient's earlier claims."""
