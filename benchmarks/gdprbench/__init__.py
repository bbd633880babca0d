"""GDPRBench in Python: its queries, its four workloads, an in-memory model of the right answers, and two drivers.

After the query set of Shastri, Banakar, Wasserman, Kumar and Chidambaram, "Understanding and Benchmarking the Impact
of GDPR on Database Systems" (VLDB 2020). A data subject is a customer, a record one storage group of that customer;
purpose and objections are rows of their own in the product and columns of each record in the plain table.
"""
